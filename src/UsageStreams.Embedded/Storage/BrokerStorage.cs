using System.Text;
using Microsoft.Extensions.Logging;
using UsageStreams.Embedded.Groups;
using UsageStreams.Embedded.Log;
using UsageStreams.Embedded.Topics;
using UsageStreams.Embedded.Transactions;

namespace UsageStreams.Embedded.Storage;

/// <summary>Everything the broker keeps, opened in the order in which one part needs the other, and closed in the opposite one.</summary>
internal sealed class BrokerStorage : IDisposable
{
    private const string ClusterKey = "cluster";
    private static readonly TimeSpan ProducerExpiry = TimeSpan.FromDays(1);
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMinutes(10);

    private readonly Journal _journal;
    private readonly ILogger _logger;
    private readonly List<ITimer> _timers = [];
    private int _isFlushing;

    private BrokerStorage(DataFolder folder, Disk disk, Journal journal, TopicStore topics, EmbeddedBrokerOptions options, ILogger logger, TimeProvider time)
    {
        (Folder, Disk, _journal, Topics, _logger) = (folder, disk, journal, topics, logger);
        ClusterId = LoadClusterId(journal);
        Groups = new GroupCoordinator(new GroupSettings(time, journal, options.InitialRebalanceDelay, logger));
        Transactions = new TransactionCoordinator(new TransactionSettings(time, journal, new ProducerIds(journal), topics, Groups, logger));
        Groups.Load();
        Transactions.Load();
        _timers.Add(time.CreateTimer(_ => ExpireProducers(time), null, ExpiryInterval, ExpiryInterval));
        if (options.FlushInterval > TimeSpan.Zero)
            _timers.Add(time.CreateTimer(_ => BeginFlush(), null, options.FlushInterval, options.FlushInterval));
    }

    public DataFolder Folder { get; }

    public Disk Disk { get; }

    public string ClusterId { get; }

    public TopicStore Topics { get; }

    public GroupCoordinator Groups { get; }

    public TransactionCoordinator Transactions { get; }

    /// <exception cref="EmbeddedBrokerException">The folder is in use, not writable, or the disk fails.</exception>
    public static BrokerStorage Open(EmbeddedBrokerOptions options, ILogger logger, TimeProvider time)
    {
        var folder = DataFolder.Open(options.DataDirectory);
        Journal? journal = null;
        TopicStore? topics = null;
        try
        {
            var disk = new Disk(options.Write, logger);
            journal = Journal.Open(Path.Combine(folder.Path, "state.journal"), disk);
            topics = TopicStore.Open(folder.Path, journal, new LogSettings(disk, time, options.SegmentBytes), logger);
            return new BrokerStorage(folder, disk, journal, topics, options, logger, time);
        }
        catch (Exception cause)
        {
            topics?.Dispose();
            journal?.Dispose();
            folder.Dispose();
            if (cause is StorageException or IOException or UnauthorizedAccessException)
                throw new EmbeddedBrokerException($"The data folder {folder.Path} cannot be opened: {cause.Message}", cause);
            throw;
        }
    }

    public void Dispose()
    {
        _timers.ForEach(timer => timer.Dispose());
        Groups.Dispose();
        Transactions.Dispose();
        Flush();
        Topics.Dispose();
        _journal.Dispose();
        Folder.Dispose();
    }

    // A thread of its own waits for the disk: the pool's are few, and connections are served by them.
    private void BeginFlush()
    {
        if (Interlocked.Exchange(ref _isFlushing, 1) == 0)
            new Thread(FlushOnce) { IsBackground = true, Name = "flush" }.Start();
    }

    private void FlushOnce()
    {
        try
        {
            Flush();
        }
        finally
        {
            Volatile.Write(ref _isFlushing, 0);
        }
    }

    private void Flush()
    {
        if (Disk.HasFailed)
            return;
        try
        {
            foreach (var log in Topics.All.SelectMany(topic => topic.Partitions))
                log.Flush();
            _journal.Flush();
        }
        catch (StorageException cause)
        {
            BrokerLog.FlushFailed(_logger, cause);
        }
    }

    private void ExpireProducers(TimeProvider time)
    {
        long before = (time.GetUtcNow() - ProducerExpiry).ToUnixTimeMilliseconds();
        foreach (var log in Topics.All.SelectMany(topic => topic.Partitions))
            log.ExpireProducers(before);
    }

    private static string LoadClusterId(Journal journal)
    {
        if (journal.Get(ClusterKey) is { } known)
            return Encoding.UTF8.GetString(known);
        string id = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        journal.Put(ClusterKey, Encoding.UTF8.GetBytes(id));
        return id;
    }
}
