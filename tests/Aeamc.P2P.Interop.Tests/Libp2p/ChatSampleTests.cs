using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Aeamc.P2P.Interop.Tests.Libp2p;

/// <summary>The sample of the README does what the README says, against both generations of js-libp2p.</summary>
public class ChatSampleTests
{
    private const string Topic = "chat";

    [Theory]
    [InlineData(JsGeneration.Three)]
    [InlineData(JsGeneration.Two)]
    public async Task The_sample_chats_with_js_libp2p(JsGeneration generation)
    {
        await using JsPeer js = await JsPeer.StartAsync(generation, "StrictSign");
        await js.CallAsync("subscribe", new { topic = Topic });
        var typed = new TypedLines();
        var printed = new PrintedLines();
        Task chat = ChatSample.RunAsync(js.Address.ToString(), Topic, typed, printed);
        string greeting = await printed.NextAsync();
        Assert.EndsWith($"chats with {js.Id}", greeting, StringComparison.Ordinal);
        string us = greeting.Split(' ')[0];
        using var late = new CancellationTokenSource(JsPeer.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!(await js.CallAsync("subscribers", new { topic = Topic }))!.AsArray().Any(peer => (string?)peer == us))
        {
            await look.WaitForNextTickAsync(late.Token);
        }

        JsonNode? recipients = await js.CallAsync("publish", new { topic = Topic, data = Convert.ToHexStringLower("hello from js"u8) });
        Assert.Equal(us, (string?)Assert.Single(recipients!.AsArray()));
        Assert.Equal($"{js.Id}: hello from js", await printed.NextAsync());
        typed.Type("hello from .NET");
        JsonNode heard = await js.EventAsync(e => (string?)e["event"] == "message");
        Assert.Equal("hello from .NET", Encoding.UTF8.GetString(Convert.FromHexString((string)heard["data"]!)));
        Assert.Equal(us, (string?)heard["from"]);
        typed.End();
        await chat.WaitAsync(JsPeer.Patience);
    }

    private sealed class TypedLines : TextReader
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public void Type(string line) => Assert.True(_lines.Writer.TryWrite(line));

        public void End() => _lines.Writer.Complete();

        public override async Task<string?> ReadLineAsync() =>
            await _lines.Reader.WaitToReadAsync() && _lines.Reader.TryRead(out string? line) ? line : null;
    }

    private sealed class PrintedLines : StringWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public override void WriteLine(string? value) => Assert.True(_lines.Writer.TryWrite(value!));

        public async Task<string> NextAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(JsPeer.Patience);
    }
}
