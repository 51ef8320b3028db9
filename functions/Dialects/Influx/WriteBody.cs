using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Influx;

/// <summary>Reads the body of a write, which may be compressed by gzip.</summary>
internal static class WriteBody
{
    /// <summary>The most bytes, as they come and decompressed.</summary>
    public const int MaxBytes = 25_000_000;

    private const int TrailerBytes = 8;

    /// <exception cref="BodyTooLargeException">It is larger than <see cref="MaxBytes"/>.</exception>
    /// <exception cref="InvalidDataException">It is not as its header says; the message is the real server's.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var body = await RequestBodies.ReadAsync(request, MaxBytes, cancellation);
        return request.Headers.ContentEncoding.ToString() == "gzip" ? Decompress(body) : body;
    }

    private static ReadOnlyMemory<byte> Decompress(byte[] body)
    {
        if (body.Length == 0)
        {
            throw new InvalidDataException("EOF");
        }

        if (body is not [0x1f, 0x8b, 8, ..])
        {
            throw new InvalidDataException(body.Length < 3 ? "unexpected EOF" : "gzip: invalid header");
        }

        using var source = new MemoryStream(body);
        using var stream = new GZipStream(source, CompressionMode.Decompress);
        using var result = new MemoryStream(Math.Min(MaxBytes, body.Length * 4));
        try
        {
            var buffer = new byte[64 * 1024];
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                if (result.Length + read > MaxBytes)
                {
                    throw new BodyTooLargeException(MaxBytes);
                }

                result.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException corrupt)
        {
            throw new InvalidDataException("flate: corrupt input", corrupt);
        }

        // .NET takes a stream that was cut off for one that ends: the length at its end tells.
        if (body.Length < TrailerBytes || BitConverter.ToUInt32(body.AsSpan(^4..)) != (uint)result.Length)
        {
            throw new InvalidDataException("unexpected EOF");
        }

        return result.GetBuffer().AsMemory(0, (int)result.Length);
    }
}
