namespace UsageStreams.Sinks;

/// <summary>Collects what is wrong with options, so that all of it is told at once.</summary>
internal sealed class OptionsCheck(string subject)
{
    private readonly List<string> _problems = [];

    public OptionsCheck Require(bool holds, string problem)
    {
        if (!holds) _problems.Add(problem);
        return this;
    }

    public OptionsCheck NotEmpty(string? value, string name) => Require(!string.IsNullOrWhiteSpace(value), $"{name} is empty");

    public OptionsCheck WebAddress(Uri? value, string name) =>
        Require(value is { IsAbsoluteUri: true, Scheme: "http" or "https" }, $"{name} is '{value}'; it must be an absolute http or https address");

    public OptionsCheck FileExists(string path, string name) => Require(File.Exists(path), $"{name} is '{path}'; there is no such file");

    public void Throw()
    {
        if (_problems.Count > 0) throw new SinkStoppedException($"The options of {subject} are not valid: {string.Join("; ", _problems)}.");
    }
}
