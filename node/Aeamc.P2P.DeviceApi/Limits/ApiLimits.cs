using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Aeamc.P2P.DeviceApi.Http;
using Microsoft.AspNetCore.Http;

namespace Aeamc.P2P.DeviceApi.Limits;

/// <summary>
/// Who may call how often. A device's limit is counted per device and address: the name in a message is not proven yet when the limit is asked, and
/// nobody must be able to use up another's.
/// </summary>
/// <param name="options">The bounds.</param>
/// <param name="time">The clock.</param>
public sealed class ApiLimits(DeviceApiOptions options, TimeProvider time)
{
    private const int AddressSize = 16;

    // Unknown to strangers, so that nobody can make two clients collide.
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);

    private readonly RateLimiter _registrations = new(options.RegisterPerHour, TimeSpan.FromHours(1), options.MaxTrackedClients, time);
    private readonly RateLimiter _messages = new(options.MessagesPerMinute, TimeSpan.FromMinutes(1), options.MaxTrackedClients, time);

    // An honest client sends hardly anything that cannot be read or verified; checking signatures is what a stranger can make us spend.
    private readonly RateLimiter _forgeries = new(options.MessagesPerMinute, TimeSpan.FromMinutes(1), options.MaxTrackedClients, time);

    // What is costly to answer and signed by nobody.
    private readonly RateLimiter _reads = new(options.ReadsPerMinute, TimeSpan.FromMinutes(1), options.MaxTrackedClients, time);

    /// <summary>
    /// Puts the limit of costly reads, <see cref="DeviceApiOptions.ReadsPerMinute"/> for each address and call, before a handler. Beyond it the answer is
    /// <c>rate_limited</c>, 429, with the time to wait.
    /// </summary>
    /// <param name="call">What is called; each has a budget of its own.</param>
    /// <param name="handler">Answers while there is room.</param>
    public RequestDelegate Read(string call, RequestDelegate handler)
    {
        byte[] name = Encoding.UTF8.GetBytes(call);
        return context => _reads.TryTake(KeyOf(context, name), out TimeSpan retryAfter)
            ? handler(context)
            : Reply.ProblemAsync(context, ApiProblem.RateLimited(retryAfter));
    }

    /// <summary>Counts a registration.</summary>
    internal bool TryRegister(HttpContext context, out TimeSpan retryAfter) => _registrations.TryTake(KeyOf(context, []), out retryAfter);

    /// <summary>Counts a message of a device, named by its key or its Phase-1 id.</summary>
    internal bool TryMessage(HttpContext context, ReadOnlySpan<byte> device, out TimeSpan retryAfter) =>
        _forgeries.HasRoom(KeyOf(context, []), out retryAfter) && _messages.TryTake(KeyOf(context, device), out retryAfter);

    /// <summary>Counts a message that could not be read or did not verify against the address that sent it.</summary>
    internal void CountForgery(HttpContext context) => _forgeries.TryTake(KeyOf(context, []), out _);

    private UInt128 KeyOf(HttpContext context, ReadOnlySpan<byte> device)
    {
        Span<byte> bytes = stackalloc byte[_salt.Length + AddressSize + device.Length];
        _salt.CopyTo(bytes);
        bytes.Slice(_salt.Length, AddressSize).Clear();
        if (context.Connection.RemoteIpAddress is { } address)
        {
            WriteAddress(address, bytes.Slice(_salt.Length, AddressSize));
        }

        device.CopyTo(bytes[(_salt.Length + AddressSize)..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private static void WriteAddress(IPAddress address, Span<byte> destination)
    {
        address.MapToIPv6().TryWriteBytes(destination, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            // Whoever has one IPv6 address has all of its /64.
            destination[8..].Clear();
        }
    }
}
