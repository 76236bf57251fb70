using UsageStreams.Streams.Internal.Joins.Foreign;

namespace UsageStreams.Streams.Tests.Operators;

/// <summary>
/// What the task of one left key is sent while the left value, its foreign key and the foreign values change: by the left table in one order, and by
/// each foreign key's task in another.
/// </summary>
internal sealed class ForeignMessages
{
    private readonly List<Answer<string, string>> _lefts = [];
    private readonly List<Answer<string, string>>[] _answers = [[], [], []];
    private readonly string?[] _values = new string?[3];
    private int _foreign = -1;
    private long _number;

    /// <summary>The left value in the end.</summary>
    public string? Left { get; private set; }

    /// <summary>The value that the left one points to in the end.</summary>
    public string? Right => _foreign < 0 ? null : _values[_foreign];

    public static ForeignMessages Make(Random random)
    {
        var made = new ForeignMessages();
        for (int i = random.Next(20); i >= 0; i--)
        {
            switch (random.Next(6))
            {
                case 0:
                    made.Remove();
                    break;
                case 1:
                    made.Point(-1, $"v{i}");
                    break;
                case 2 or 3:
                    made.Point(random.Next(3), $"v{i}");
                    break;
                default:
                    made.Set(random.Next(3), random.Next(4) == 0 ? null : $"r{i}");
                    break;
            }
        }

        return made;
    }

    /// <summary>All messages; each sender's in its order.</summary>
    public IEnumerable<Answer<string, string>> Interleaved(Random random)
    {
        Queue<Answer<string, string>>[] senders = [.. _answers.Append(_lefts).Select(static m => new Queue<Answer<string, string>>(m))];
        while (senders.Where(static s => s.Count > 0).ToArray() is { Length: > 0 } left)
            yield return left[random.Next(left.Length)].Dequeue();
    }

    private void Remove()
    {
        End();
        _foreign = -1;
        Left = null;
        _lefts.Add(Answer<string, string>.LeftRemoved);
    }

    private void Point(int foreign, string value)
    {
        bool keeps = foreign >= 0 && foreign == _foreign;
        if (!keeps)
            End();
        Left = value;
        _foreign = foreign;
        _number += keeps ? 0 : 1;
        _lefts.Add(foreign < 0 ? Answer<string, string>.LeftAlone(value, _number) : Answer<string, string>.Left(value, _number));
        if (!keeps)
            Answer();
    }

    private void Set(int foreign, string? value)
    {
        _values[foreign] = value;
        if (foreign == _foreign)
            Answer();
    }

    private void Answer()
    {
        if (_foreign >= 0)
            _answers[_foreign].Add(_values[_foreign] is { } value ? Answer<string, string>.Right(value, _number) : Answer<string, string>.NoRight(_number));
    }

    private void End()
    {
        if (_foreign >= 0)
            _answers[_foreign].Add(Answer<string, string>.Ended(_number));
    }
}
