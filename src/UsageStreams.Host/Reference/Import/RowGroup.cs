namespace UsageStreams.Host.Reference.Import;

/// <summary>The rows of one id, which stand together.</summary>
internal sealed record RowGroup(string Id, IReadOnlyList<ReferenceRow> Rows)
{
    public ReferenceRow First => Rows[0];

    public ImportFaults Faults => First.Faults;

    /// <summary>A value that belongs to the id, not to a row: further rows leave the cell empty or repeat it.</summary>
    public string Shared(string column)
    {
        var text = First.Text(column);
        for (var index = 1; index < Rows.Count; index++)
        {
            var other = Rows[index].Text(column);
            if (other.Length > 0 && other != text)
                Rows[index].Fault($"{column} of {Id} is '{other}' here and '{text}' on line {First.Place.Line}; all rows of an id have the same, or leave it empty.");
        }

        return text;
    }

    /// <summary>As <see cref="Shared"/>, and not empty.</summary>
    public string MustShared(string column)
    {
        First.Must(column);
        return Shared(column);
    }

    /// <summary>Rows in order of time, half-open; two that overlap are a fault of the later.</summary>
    public IReadOnlyList<(ReferenceRow Row, DateTimeOffset From, DateTimeOffset? To)> Terms()
    {
        var terms = Rows.Select(static row => (Row: row, Term: row.Term())).Select(static pair => (pair.Row, pair.Term.From, pair.Term.To)).OrderBy(static term => term.From).ToList();
        for (var index = 1; index < terms.Count; index++)
        {
            var before = terms[index - 1];
            if (before.To is null || terms[index].From < before.To)
                terms[index].Row.Fault($"{Id} has another row at this time, on line {before.Row.Place.Line}; end that one with to = {terms[index].Row.Text("from")} or start this one later.");
        }

        return terms;
    }
}
