using System.CommandLine;
using Aeamc.P2P.Node.Cli;

// A signal gives the command as long as a node may take to stop; its exit code is then the command's own.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) };
return await AeamcCommand.Build().Parse(args).InvokeAsync(invocation);
