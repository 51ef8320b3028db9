using System.Runtime.InteropServices;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>A value of a channel.</summary>
/// <param name="Channel">The channel's number.</param>
/// <param name="Value">The value; finite.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChannelValue(int Channel, double Value)
{
    /// <summary>The largest number of a channel [I]: a device has no more channels than this.</summary>
    public const int LastChannel = 2000;
}

/// <summary>What a device sends at one time, in whichever form.</summary>
/// <param name="NetworkId">The device, or null where the way it came by tells.</param>
/// <param name="Milliseconds">Its time since 1970 (UTC), or null for the time of arrival.</param>
/// <param name="Values">The values, in the order sent.</param>
internal sealed record ConduitUplink(string? NetworkId, long? Milliseconds, IReadOnlyList<ChannelValue> Values)
{
    /// <summary>The token in the body, where it is one of the forms that have it there.</summary>
    public string? Token { get; init; }

    /// <summary>Whether it is of the vendor's uplink forms, which are the webhook service's; else it is a value of the HTTP API.</summary>
    public bool IsUplink { get; init; } = true;
}
