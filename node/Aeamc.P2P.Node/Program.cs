using Aeamc.P2P.Node.Cli;

return await AeamcCommand.Build().Parse(args).InvokeAsync();
