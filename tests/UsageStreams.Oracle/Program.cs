using UsageStreams.Oracle;

return OracleCommand.Run(args, Console.Out, Console.Error);
