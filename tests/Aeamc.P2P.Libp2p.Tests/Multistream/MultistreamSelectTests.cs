using System.Text;
using Aeamc.P2P.Libp2p.Multistream;

namespace Aeamc.P2P.Libp2p.Tests.Multistream;

public class MultistreamSelectTests
{
    private const string Header = "\u0013/multistream/1.0.0\n";

    [Fact]
    public async Task The_dialler_sends_header_and_proposal_together_and_takes_the_answer()
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await listener.WriteAsync(Ascii(Header + "\u0007/noise\n" + "rest"));
        Assert.Equal("/noise", await MultistreamSelect.DialAsync(dialler, ["/noise"], default));
        var rest = new byte[4];
        Assert.True(await dialler.ReadExactlyAsync(rest));
        Assert.Equal("rest", Encoding.ASCII.GetString(rest));
        dialler.Dispose();
        Assert.Equal(Header + "\u0007/noise\n", Encoding.ASCII.GetString(await listener.ReadToEndAsync()));
    }

    [Fact]
    public async Task After_na_the_next_is_proposed()
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await listener.WriteAsync(Ascii(Header + "\u0003na\n" + "\u0003/b\n"));
        Assert.Equal("/b", await MultistreamSelect.DialAsync(dialler, ["/a", "/b"], default));
        dialler.Dispose();
        Assert.Equal(Header + "\u0003/a\n" + "\u0003/b\n", Encoding.ASCII.GetString(await listener.ReadToEndAsync()));
    }

    [Fact]
    public async Task A_dialler_that_runs_out_of_proposals_has_nothing()
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await listener.WriteAsync(Ascii(Header + "\u0003na\n"));
        Assert.Null(await MultistreamSelect.DialAsync(dialler, ["/a"], default));
    }

    [Fact]
    public async Task The_listener_answers_na_until_it_knows_one()
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await dialler.WriteAsync(Ascii(Header + "\u0003ls\n" + "\u0003/a\n" + "\u0003/b\n"));
        Assert.Equal("/b", await MultistreamSelect.ListenAsync(listener, protocol => protocol == "/b", default));
        listener.Dispose();
        Assert.Equal(Header + "\u0003na\n" + "\u0003na\n" + "\u0003/b\n", Encoding.ASCII.GetString(await dialler.ReadToEndAsync()));
    }

    [Theory]
    [InlineData("\u0013/multistream/2.0.0\n", "multistream-wrong-header")]
    [InlineData("\u0013/multistream/1.0.0 ", "multistream-no-newline")]
    [InlineData("\u0004GET ", "multistream-no-newline")]
    [InlineData("\u0081\u0008", "multistream-line-too-long")]
    [InlineData("\u0080\u0000", "multistream-line-too-long")]
    [InlineData("", "multistream-ended")]
    public async Task Anything_else_is_refused_by_name(string sent, string reason)
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await dialler.WriteAsync(Encoding.Latin1.GetBytes(sent));
        dialler.Dispose();
        var refused = await Assert.ThrowsAsync<MultistreamException>(
            async () => await MultistreamSelect.ListenAsync(listener, _ => true, default));
        Assert.Equal(reason, refused.Reason);
    }

    [Fact]
    public async Task A_stranger_gets_a_bounded_number_of_guesses()
    {
        (PairedChannel dialler, PairedChannel listener) = PairedChannel.Create();
        await dialler.WriteAsync(Ascii(Header + string.Concat(Enumerable.Repeat("\u0003/a\n", 65))));
        var refused = await Assert.ThrowsAsync<MultistreamException>(
            async () => await MultistreamSelect.ListenAsync(listener, _ => false, default));
        Assert.Equal("multistream-too-many-proposals", refused.Reason);
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
