using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.ThingScale.Streams;

/// <summary>A row of a stream.</summary>
/// <param name="Device">The device that it is of.</param>
/// <param name="Time">When it came, in nanoseconds since 1970.</param>
/// <param name="Tag">Its tag, or null.</param>
/// <param name="IsVersion1">Whether it came as a v1 payload.</param>
/// <param name="Value">The JSON object as it was sent; of a binary message a text in hexadecimal.</param>
internal sealed record Row(DeviceTwin Device, long Time, string? Tag, bool IsVersion1, JsonElement Value)
{
    /// <summary>24 hexadecimal digits as MongoDB's: seconds since 1970 in 8, then a hash of device, time and tag. The same row always has the same.</summary>
    public string Id
    {
        get
        {
            Span<byte> id = stackalloc byte[12];
            BinaryPrimitives.WriteUInt32BigEndian(id, unchecked((uint)Math.Floor(Time / 1e9)));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Device.Uuid}\n{Time}\n{Tag}"), hash);
            hash[..8].CopyTo(id[4..]);
            return Convert.ToHexStringLower(id);
        }
    }
}
