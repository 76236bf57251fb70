using UsageStreams.Simulation;

return SimulateCommand.Run(args, Console.Out, Console.Error);
