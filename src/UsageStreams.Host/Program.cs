using UsageStreams.Host.Commands;

return await CommandRunner.RunAsync(args, Console.Out, Console.Error);
