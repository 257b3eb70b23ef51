using Aeamc.P2P.Libp2p;
using Aeamc.P2P.Libp2p.Multistream;

namespace Aeamc.P2P.Fuzz.Parsers.Libp2p;

/// <summary>
/// multistream-select over bytes that are all there, written from the specification beside <see cref="MultistreamSelect"/>: what must come of an input.
/// </summary>
/// <param name="input">What the other side sends, to its end.</param>
internal sealed class MultistreamModel(byte[] input)
{
    public const string Agreed = "agreed";
    public const string NoAgreement = "no agreement";
    public const string CutOff = "cut off";

    private const int MaxProposals = 64;

    private string? _fault;

    /// <summary>How much was read.</summary>
    public int At { get; private set; }

    /// <summary>The lines that were answered.</summary>
    public List<string> Answers { get; } = [];

    /// <summary>As a listener who supports one protocol.</summary>
    public string Listen(string supported)
    {
        if (Header() is { } fault)
        {
            return fault;
        }

        Answers.Add(ProtocolIds.Multistream);
        for (int i = 0; i < MaxProposals; i++)
        {
            if (Line() is not { } proposal)
            {
                return _fault ?? NoAgreement;
            }

            Answers.Add(proposal == supported ? supported : "na");
            if (proposal == supported)
            {
                return Agreed;
            }
        }

        return "multistream-too-many-proposals";
    }

    /// <summary>As a dialler who proposes some in turn.</summary>
    public string Dial(params string[] protocols)
    {
        if (Header() is { } fault)
        {
            return fault;
        }

        foreach (string protocol in protocols)
        {
            string? answer = Line();
            if (answer == protocol)
            {
                return Agreed;
            }

            if (answer != "na")
            {
                return _fault ?? (answer is null ? "multistream-ended" : "multistream-wrong-answer");
            }
        }

        return NoAgreement;
    }

    private string? Header() => Line() is var header && header == ProtocolIds.Multistream ? null : _fault ?? (header is null ? "multistream-ended" : "multistream-wrong-header");

    // Null at the end, and at a fault.
    private string? Line()
    {
        int start = At;
        ulong length = 0;
        for (int i = 0; ; i++)
        {
            if (At == input.Length)
            {
                _fault = At == start ? null : CutOff;
                return null;
            }

            byte b = input[At++];
            length |= (ulong)(b & 0x7F) << (7 * i);
            bool last = b < 0x80;
            if ((last && b == 0 && i > 0) || (!last && i == 8) || (last && length > MultistreamSelect.MaxLine))
            {
                _fault = "multistream-line-too-long";
                return null;
            }

            if (last)
            {
                break;
            }
        }

        if ((int)length > input.Length - At)
        {
            _fault = CutOff;
            return null;
        }

        ReadOnlySpan<byte> line = input.AsSpan(At, (int)length);
        At += (int)length;
        if (line is not [.. var text, (byte)'\n'])
        {
            _fault = "multistream-no-newline";
            return null;
        }

        // Byte for byte: what is no ASCII is no protocol that anybody here supports.
        return string.Create(text.Length, text, static (chars, text) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                chars[i] = (char)text[i];
            }
        });
    }
}
