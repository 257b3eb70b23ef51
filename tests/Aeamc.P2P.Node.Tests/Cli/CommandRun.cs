using Aeamc.P2P.Node.Cli;

namespace Aeamc.P2P.Node.Tests.Cli;

/// <summary>What a command told the shell and the operator. Tests with it must not run beside each other: the console is one.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static async Task<CommandRun> OfAsync(params string[] arguments)
    {
        TextWriter output = Console.Out, error = Console.Error;
        using StringWriter said = new(), complained = new();
        try
        {
            Console.SetOut(said);
            Console.SetError(complained);
            int code = await AeamcCommand.Build().Parse(arguments).InvokeAsync();
            return new CommandRun(code, said.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
