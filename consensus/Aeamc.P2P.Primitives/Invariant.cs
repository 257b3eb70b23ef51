using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Aeamc.P2P.Primitives;

/// <summary>Checks that stay on in production: a node that finds itself wrong halts rather than equivocates.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantException"/> naming the broken condition and its place.</summary>
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string expression = "",
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            Fail(expression, file, line);
        }
    }

    /// <summary>Reports a state that must not exist, such as the default arm of an exhaustive switch.</summary>
    [DoesNotReturn]
    public static InvariantException Fail(
        string what,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        int cut = Math.Max(file.LastIndexOf('/'), file.LastIndexOf('\\'));
        throw new InvariantException($"Invariant broken at {file[(cut + 1)..]}:{line}: {what}");
    }
}
