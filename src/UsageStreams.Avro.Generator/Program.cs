using UsageStreams.Avro;
using UsageStreams.Avro.Generator;

if (args.Length < 3)
{
    Console.Error.WriteLine("usage: UsageStreams.Avro.Generator <C# namespace> <output folder> <schema file>...");
    return 2;
}

try
{
    var types = SchemaFiles.Load(args[2..]);
    var sources = new TypeGenerator(args[0], types).Generate();
    OutputFolder.Write(args[1], sources);
    return 0;
}
catch (Exception error) when (error is AvroSchemaException or IOException or UnauthorizedAccessException)
{
    // The form MSBuild recognises as an error of the build.
    Console.Error.WriteLine($"UsageStreams.Avro.Generator : error AVRO001: {error.Message}");
    return 1;
}
