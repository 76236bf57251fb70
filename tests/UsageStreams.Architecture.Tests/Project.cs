using System.Xml.Linq;

namespace UsageStreams.Architecture.Tests;

/// <summary>A project of the repository, as its project file says.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Folder">The folder, from the root.</param>
internal sealed record Project(string Name, string Folder)
{
    private readonly Lazy<XDocument> _xml = new(() => XDocument.Parse(Repository.Text($"{Folder}/{Name}.csproj")));

    /// <summary>The projects below <c>src</c> or <c>tests</c>: every folder that holds a file of its own.</summary>
    public static IReadOnlyList<Project> In(string parent) =>
    [
        .. Repository.Files(parent)
            .Select(static file => file.Split('/'))
            .Where(static parts => parts.Length > 2)
            .Select(static parts => parts[1])
            .Distinct(StringComparer.Ordinal)
            .Select(name => new Project(name, $"{parent}/{name}")),
    ];

    /// <summary>The name of its assembly, without extension.</summary>
    public string AssemblyName => Property("AssemblyName") ?? Name;

    /// <summary>The namespace of the files in its folder.</summary>
    public string RootNamespace => Property("RootNamespace") ?? Name;

    /// <summary>The projects it refers to by name; those that it only builds with are not among them.</summary>
    public IEnumerable<string> References => ProjectReferences.Where(static reference => !IsBuildOnly(reference)).Select(NameOf);

    /// <summary>The projects that must be built before it, but whose code it doesn't see.</summary>
    public IEnumerable<string> BuildReferences => ProjectReferences.Where(IsBuildOnly).Select(NameOf);

    /// <summary>The packages it refers to.</summary>
    public IEnumerable<string> Packages => _xml.Value.Descendants("PackageReference").Select(static package => package.Attribute("Include")!.Value);

    private IEnumerable<XElement> ProjectReferences => _xml.Value.Descendants("ProjectReference");

    private static bool IsBuildOnly(XElement reference) => (string?)reference.Attribute("ReferenceOutputAssembly") == "false";

    private static string NameOf(XElement reference) => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));

    private string? Property(string name) => _xml.Value.Descendants(name).FirstOrDefault()?.Value;
}
