using Aeamc.P2P.Simulator;

return SimulateCommand.Run(args, Console.Out, Console.Error);
