using System.Collections.Immutable;

namespace UsageStreams.Streams.Internal.Runtime;

/// <summary>Brings what is asked for to the tasks of one session.</summary>
/// <param name="control">What is asked for.</param>
/// <param name="reader">Reads the tasks' partitions.</param>
/// <param name="takeHeld">Gives a task that takes records the ones that came while it did not.</param>
internal sealed class PauseSwitch(PauseControl control, IGroupReader reader, Action<TaskSlot> takeHeld)
{
    private ImmutableHashSet<string> _applied = [];

    /// <summary>Pauses and resumes tasks when something else is asked for than the last time.</summary>
    public void Apply(IReadOnlyCollection<TaskSlot> slots)
    {
        ImmutableHashSet<string> asked = control.Paused;
        if (ReferenceEquals(asked, _applied))
            return;
        _applied = asked;
        foreach (TaskSlot slot in slots)
        {
            if (slot.IsRunning)
                Set(slot, asked.Contains(slot.Task!.Id.SubTopology));
        }
    }

    /// <summary>Lets a task that is restored read, unless it is paused. Its partition is paused while it is restored.</summary>
    public void Start(TaskSlot slot)
    {
        if (control.Paused.Contains(slot.Task!.Id.SubTopology))
        {
            slot.Task.Pause();
            return;
        }

        takeHeld(slot);
        reader.Resume(slot.Partition);
    }

    private void Set(TaskSlot slot, bool paused)
    {
        if (slot.Task!.IsPaused == paused)
            return;
        if (paused)
        {
            slot.Task.Pause();
            reader.Pause(slot.Partition);
        }
        else
        {
            slot.Task.Resume();
            takeHeld(slot);
            reader.Resume(slot.Partition);
        }
    }
}
