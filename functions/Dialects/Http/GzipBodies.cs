using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Serverless.Dialects.Http;

/// <summary>Reads request bodies that may be compressed by gzip, in one member or several (RFC 1952), within a bound that holds for what comes out.</summary>
public static class GzipBodies
{
    private const int Step = 16 * 1024;

    /// <summary>Reads the whole body; the caller disposes it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes, as they come and decompressed: decompression stops there.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="BodyTooLargeException">It is larger.</exception>
    /// <exception cref="InvalidDataException">It is no gzip, or in a coding that is none here.</exception>
    public static async Task<ChunkedBuffer> ReadAsync(HttpRequest request, int limit, CancellationToken cancellation)
    {
        if (request.ContentLength > limit)
        {
            throw new BodyTooLargeException(limit);
        }

        var coding = request.Headers.ContentEncoding.ToString();
        var compressed = coding.ToLowerInvariant() switch
        {
            "" or "identity" => false,
            "gzip" or "x-gzip" => true,
            _ => throw new InvalidDataException("Content-Encoding is gzip, or left out."),
        };
        if (!compressed)
        {
            return await CopyAsync(request.Body, limit, cancellation);
        }

        // What comes is bounded too: a stream of empty members would never end.
        await using var bounded = new BoundedStream(request.Body, limit);
        await using var stream = new GZipStream(bounded, CompressionMode.Decompress);
        return await CopyAsync(stream, limit, cancellation);
    }

    private static async Task<ChunkedBuffer> CopyAsync(Stream source, int limit, CancellationToken cancellation)
    {
        var body = new ChunkedBuffer();
        try
        {
            while (true)
            {
                var read = await source.ReadAsync(body.GetMemory(Step), cancellation);
                body.Advance(read);
                if (body.Length > limit)
                {
                    throw new BodyTooLargeException(limit);
                }

                if (read == 0)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private sealed class BoundedStream(Stream inner, int limit) : Stream
    {
        private long taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            taken += read;
            return taken > limit ? throw new BodyTooLargeException(limit) : read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }
    }
}
