namespace Aeamc.P2P.Architecture.Tests.Purity;

/// <summary>One place where compiled code names something outside itself.</summary>
/// <param name="Where">Type and member that name it.</param>
/// <param name="Type">The full name of the type named; a nested type follows a plus sign.</param>
/// <param name="Member">The member of it, or empty when only the type is named.</param>
internal readonly record struct Use(string Where, string Type, string Member)
{
    public override string ToString() => $"{Where} uses {Type}{(Member.Length == 0 ? "" : "." + Member)}";
}
