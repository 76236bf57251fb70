namespace UsageStreams.Host.Import;

/// <summary>How far an import is.</summary>
/// <param name="LinesBefore">Lines that former runs had taken in.</param>
/// <param name="Lines">Lines taken in, those included.</param>
/// <param name="Bytes">Bytes they take.</param>
/// <param name="Published">Events published by this run.</param>
/// <param name="Rejected">Lines rejected by this run.</param>
internal sealed record ImportResult(long LinesBefore, long Lines, long Bytes, long Published, long Rejected);
