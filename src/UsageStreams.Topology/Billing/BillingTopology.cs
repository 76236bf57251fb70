using UsageStreams.Model;
using UsageStreams.Streams;

namespace UsageStreams.Topology.Billing;

/// <summary>
/// From the ledger to transactions. Entries, decisions and receipts are brought into one stream per account, so that one task owns a transaction from its
/// first entry to its posting and nothing about it can overtake anything else.
/// </summary>
public static class BillingTopology
{
    /// <summary>Describes the topology.</summary>
    /// <param name="serdes">Serdes of all topics.</param>
    /// <param name="policy">Decides about drafts that need no person.</param>
    public static Streams.Topology Build(UsageSerdes serdes, ApprovalPolicy policy)
    {
        var topics = serdes.Topics;
        var builder = new StreamsBuilder();
        var references = ReferenceTables.Of(builder, serdes);
        var application = topics.BillingApplication;
        var periods = Stores.KeyValue("periods", Serdes.Utf8, serdes.Store<BillingPeriod>(application, "periods"));
        var transactions = Stores.KeyValue("transactions", Serdes.Utf8, serdes.Store<BillingTransaction>(application, "transactions"));
        var approvals = new SideOutput<string, Approval>("approvals");
        var refused = new SideOutput<string, RejectedEvent>("refused");

        var entries = builder.Stream(topics.Ledger, Consumed.With(Serdes.Utf8, serdes.Ledger).WithName("entries").WithStreamTimeFromWatermarks())
            .Map<string, BillingInput>("entry", static (in Record<string, LedgerEntry> entry) => entry.With(entry.Value.Account, new BillingInput { Body = entry.Value }));
        var decisions = builder.Stream(topics.Approvals, Consumed.With(Serdes.Utf8, serdes.Approvals).WithName("decisions"))
            .Map<string, BillingInput>("decision", static (in Record<string, Approval> approval) => approval.With(approval.Value.Account, new BillingInput { Body = approval.Value }));
        var receipts = builder.Stream(topics.BillingReceipts, Consumed.With(Serdes.Utf8, serdes.BillingReceipts).WithName("receipts"))
            .Map<string, BillingInput>("receipt", static (in Record<string, Receipt> receipt) => receipt.With(receipt.Value.Account, new BillingInput { Body = receipt.Value }));

        var bills = entries.Merge(decisions).Merge(receipts)
            .Repartition(Repartitioned.With("inputs", Serdes.Utf8, serdes.BillingInputs))
            .Process("bill", () => new Bill(periods, transactions, references, policy, approvals, refused), periods, transactions);
        bills.To(topics.Transactions, Produced.With(Serdes.Utf8, serdes.Transactions).WithName("transactions").WithWatermarks(TimeSpan.FromHours(1)));
        bills.SideOutput(approvals).To(topics.Approvals, Produced.With(Serdes.Utf8, serdes.Approvals).WithName("approvals"));
        bills.SideOutput(refused).To(topics.BillingRejected, Produced.With(Serdes.Utf8, serdes.BillingRejected).WithName("refused"));
        return builder.Build();
    }
}
