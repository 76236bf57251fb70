namespace UsageStreams.Sandbox.Faults;

/// <summary>The faults on order. Safe for concurrent use.</summary>
public sealed class FaultBook
{
    private readonly Lock _gate = new();
    private readonly List<Order> _orders = [];

    internal FaultBook()
    {
    }

    /// <summary>Orders a fault. Faults are tried in the order they came; one call is hit by one at most.</summary>
    /// <exception cref="SandboxException">The order makes no sense.</exception>
    public void Add(SandboxFault fault)
    {
        fault.Validate();
        lock (_gate) _orders.Add(new Order(fault));
    }

    /// <summary>Forgets all orders.</summary>
    public void Clear()
    {
        lock (_gate) _orders.Clear();
    }

    /// <summary>The fault that hits a call with these external ids, or null.</summary>
    internal SandboxFault? TakeForCall(string system, IReadOnlyCollection<string> externalIds) =>
        Take(system, fault => fault.Kind != FaultKind.Refuse && (fault.ExternalId is null || externalIds.Contains(fault.ExternalId)));

    /// <summary>The refusal that hits a record, or null.</summary>
    internal SandboxFault? TakeForRecord(string system, string externalId) =>
        Take(system, fault => fault.Kind == FaultKind.Refuse && (fault.ExternalId is null || fault.ExternalId == externalId));

    private SandboxFault? Take(string system, Func<SandboxFault, bool> matches)
    {
        lock (_gate)
        {
            foreach (var order in _orders)
            {
                if (order.Fault.System != system || !matches(order.Fault) || !order.Hits()) continue;
                if (order.Spent) _orders.Remove(order);
                return order.Fault;
            }

            return null;
        }
    }

    private sealed class Order(SandboxFault fault)
    {
        private readonly Random _random = new(fault.Seed);
        private int _times;

        public SandboxFault Fault => fault;

        public bool Spent => _times == fault.Times;

        public bool Hits()
        {
            if (fault.Probability < 1 && _random.NextDouble() >= fault.Probability) return false;
            _times++;
            return true;
        }
    }
}
