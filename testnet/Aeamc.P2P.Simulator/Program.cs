using Aeamc.P2P.Simulator.Cli;

return SimulateCommand.Run(args, Console.Out, Console.Error);
