namespace UsageStreams.Sandbox.Tests;

public sealed class CredentialsTests
{
    [Fact]
    public void A_caller_who_looks_in_the_wrong_folder_is_told_and_no_credentials_are_made_there()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<SandboxException>(() => SandboxCredentials.Load(folder.Path)).Message.ShouldContain(folder.Path);

        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_caller_reads_what_the_sandbox_made()
    {
        using var folder = new TemporaryFolder();
        var made = SandboxCredentials.LoadOrCreate(folder.Path);

        SandboxCredentials.Load(folder.Path).NetSuiteClientId.ShouldBe(made.NetSuiteClientId);
    }
}
