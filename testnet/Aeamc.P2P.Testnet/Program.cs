using Aeamc.P2P.Testnet;

return await TestnetCommand.InvokeAsync(args, (options, _) => TestnetRun.RunAsync(options, Console.Out));
