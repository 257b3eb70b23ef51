using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.Cryptography.Secp256k1;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold.Dkg;

namespace Aeamc.P2P.Threshold.Tests.Dkg;

/// <summary>A committee around one log: what one member posts, all who are online read in the same order.</summary>
internal sealed class DkgNetwork : IDisposable
{
    public static readonly Secp256k1Group Group = Secp256k1Group.Shared;

    private readonly List<Action<DkgCeremony>> _log = [];

    public DkgNetwork(int members, int threshold, string context = "network")
    {
        Secrets = [.. Enumerable.Range(0, members).Select(i => Secret(i))];
        Parameters = new DkgParameters(Hash256.Of(Encoding.ASCII.GetBytes(context)), threshold, [.. Secrets.Select(secret => secret.EncryptionKey)]);
        Members = [.. Enumerable.Range(0, members).Select(Join)];
    }

    public DkgMemberSecret[] Secrets { get; }

    public DkgParameters Parameters { get; }

    public DkgCeremony[] Members { get; }

    /// <summary>The verdicts on what was posted, in order; asserted to be the same at all members.</summary>
    public List<DkgVerdict> Verdicts { get; } = [];

    public static DkgMemberSecret Secret(int member) => new(Group, SHA256.HashData(Encoding.ASCII.GetBytes($"seed {member}")));

    public static NodeIndex Index(int member) => new((ushort)member);

    public DkgCeremony Join(int member) => new(Group, Parameters, Index(member), Secret(member));

    /// <summary>A member that starts late or again and reads the whole log.</summary>
    public DkgCeremony Replay(int member)
    {
        DkgCeremony ceremony = Join(member);
        _log.ForEach(entry => entry(ceremony));
        return ceremony;
    }

    /// <summary>Puts one message on the log.</summary>
    public DkgVerdict Post(int author, DkgPost post)
    {
        var verdicts = new List<DkgVerdict>();
        Append(ceremony => verdicts.Add(post switch
        {
            DkgPost.Deal deal => ceremony.Deal(Index(author), deal.Message.AsSpan()),
            DkgPost.Complain complain => ceremony.Complain(Index(author), complain.Message.AsSpan()),
            DkgPost.Confirm confirm => ceremony.Confirm(Index(author), confirm.Confirmation),
            _ => throw new InvalidOperationException(),
        }));
        DkgVerdict verdict = Assert.Single(verdicts.Distinct());
        Verdicts.Add(verdict);
        return verdict;
    }

    /// <summary>Has every online member post what it owes.</summary>
    public void PostPending(params int[] offline)
    {
        DkgPhase phase = Members[0].Transcript.Phase;
        for (int i = 0; i < Members.Length; i++)
        {
            if (!offline.Contains(i) && Members[i].Transcript.Phase == phase && Members[i].Pending is { } post)
            {
                Assert.Equal(DkgVerdict.Accepted, Post(i, post));
            }
        }
    }

    public void CloseDealing() => Append(ceremony => ceremony.Transcript.CloseDealing());

    public void CloseComplaints() => Append(ceremony => ceremony.Transcript.CloseComplaints());

    public void CloseConfirming() => Append(ceremony => ceremony.Transcript.CloseConfirming());

    public void Dispose()
    {
        Array.ForEach(Members, member => member.Dispose());
        Array.ForEach(Secrets, secret => secret.Dispose());
    }

    private void Append(Action<DkgCeremony> entry)
    {
        _log.Add(entry);
        Array.ForEach(Members, entry);
        DkgTranscript first = Members[0].Transcript;
        foreach (DkgCeremony member in Members)
        {
            Assert.Equal(first.Phase, member.Transcript.Phase);
            Assert.Equal(first.Outcome, member.Transcript.Outcome);
            Assert.Equal(first.Qualified, member.Transcript.Qualified);
        }
    }
}
