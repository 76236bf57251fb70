using UsageStreams.Model;

namespace UsageStreams.Topology.Billing;

/// <summary>Approves what is small enough to need no person, holds the rest for one. Its word is a command in billing.approvals like anyone's.</summary>
/// <param name="Limit">Largest total, in the transaction's currency, that is approved, and largest credit; 10,000 by default.</param>
public sealed record ApprovalPolicy(decimal Limit = 10_000m)
{
    /// <summary>Who it is in the records.</summary>
    public const string Actor = "policy:small-total";

    /// <summary>Decides about a draft.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="time">Stream time of the decision.</param>
    public Approval Decide(BillingTransaction draft, DateTimeOffset time)
    {
        var approved = Math.Abs(draft.Total) <= Limit;
        return new Approval
        {
            Transaction = draft.Id,
            Account = draft.Account,
            Decision = approved ? Decision.Approve : Decision.Hold,
            Actor = Actor,
            Time = time,
            Reason = approved ? $"Total {draft.Total} is at most {Limit}." : $"Total {draft.Total} is more than {Limit}; a person must decide.",
        };
    }
}
