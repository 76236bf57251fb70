using System.Text.RegularExpressions;

namespace UsageStreams.Architecture.Tests;

public sealed partial class LayoutTests
{
    private static readonly Project[] All = [.. Project.In("src"), .. Project.In("tests")];

    // The types that are generated from schemas/ all lie in the model's one namespace, and hand-written parts of them must lie there too.
    // Its folders therefore sort files, not names.
    private static readonly HashSet<string> OneNamespace = new(StringComparer.Ordinal) { "UsageStreams.Model" };

    [Fact]
    public void Every_project_folder_holds_a_project_of_its_name() => All
        .Where(static project => !File.Exists(Path.Combine(Repository.Root, project.Folder, $"{project.Name}.csproj")))
        .Select(static project => $"{project.Folder} holds no {project.Name}.csproj; name the project as its folder, or move the files into a project.")
        .ShouldBeNone();

    [Fact]
    public void The_solution_holds_every_project_and_nothing_else()
    {
        string[] inSolution = [.. SolutionProject().Matches(Repository.Text("UsageStreams.sln")).Select(static match => match.Groups["file"].Value.Replace('\\', '/'))];
        string[] onDisk = [.. All.Select(static project => $"{project.Folder}/{project.Name}.csproj")];

        onDisk.Except(inSolution, StringComparer.Ordinal).Select(static file => $"{file} is not in the solution; run: dotnet sln add {file}")
            .Concat(inSolution.Except(onDisk, StringComparer.Ordinal).Select(static file => $"{file} is in the solution and not on disk; run: dotnet sln remove {file}"))
            .ShouldBeNone();
    }

    [Fact]
    public void Assemblies_and_namespaces_are_named_as_their_projects_and_the_host_as_its_command() => All
        .Where(static project => project.RootNamespace != project.Name || project.AssemblyName != (project.Name == "UsageStreams.Host" ? "usagestreams" : project.Name))
        .Select(static project => $"{project.Folder}: assembly {project.AssemblyName}, namespace {project.RootNamespace}; take AssemblyName and RootNamespace out of its project file.")
        .ShouldBeNone();

    [Fact]
    public void Every_namespace_is_its_folder() => All
        .SelectMany(static project => Repository.CSharp(project.Folder).Select(file => (Project: project, File: file)))
        .Where(static item => !HasNamespaceOfFolder(item.Project, item.File))
        .Select(static item => $"{item.File}: the namespace should be {ExpectedNamespace(item.File)}; rename it, or move the file.")
        .ShouldBeNone();

    private static bool HasNamespaceOfFolder(Project project, string file)
    {
        Match found = FileNamespace().Match(Repository.Text(file));
        if (!found.Success)
            return Path.GetFileName(file) == "Program.cs" && !TypeDeclaration().IsMatch(Repository.Text(file));
        return found.Groups["name"].Value == ExpectedNamespace(file) || (OneNamespace.Contains(project.Name) && found.Groups["name"].Value == project.Name);
    }

    private static string ExpectedNamespace(string file) => string.Join('.', file.Split('/')[1..^1]);

    [GeneratedRegex("""^Project\(.*?\) = ".*?", "(?<file>.*?\.csproj)",""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FileNamespace();

    [GeneratedRegex(@"^\s*(public|internal|file)\s.*\b(class|record|struct|interface|enum)\b", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeDeclaration();
}
