using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Dialects.Http;

namespace Serverless.Dialects.Cumulocity.Inventory.Binaries;

/// <summary>A file that is sent: the body itself, or the part file of a form, whose part object says in JSON what it is. The parts come in any order, and the file is read as it comes.</summary>
internal sealed class BinaryUpload
{
    private const int ObjectLimit = 1024 * 1024;
    private const string Untyped = "application/octet-stream";

    private readonly HttpRequest request;
    private readonly MultipartReader? reader;
    private readonly CancellationToken cancellation;
    private JsonObject described = [];
    private string? fileName;

    private BinaryUpload(HttpRequest request, MultipartReader? reader, CancellationToken cancellation)
    {
        this.request = request;
        this.reader = reader;
        this.cancellation = cancellation;
        fileName = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposition)
            ? NameOf(disposition)
            : null;
    }

    /// <summary>What the part object says; complete when <see cref="FinishAsync"/> has ended.</summary>
    public JsonObject Described => described;

    /// <summary>The name of the file, where it has one.</summary>
    public string? FileName => fileName;

    /// <summary>The media type that the form's part says of the file, or null.</summary>
    public string? FileType { get; private set; }

    /// <summary>The media type: of the object, else of the body that is the file itself.</summary>
    public string ContentType =>
        described["type"] is JsonValue type && type.TryGetValue<string>(out var named) && named.Length > 0 ? named
        : reader is null && request.ContentType is { Length: > 0 } body ? body
        : Untyped;

    /// <exception cref="BadHttpRequestException">It is a form without a boundary.</exception>
    public static BinaryUpload Of(CumulocityRequest request)
    {
        var http = request.Context.Request;
        if (!request.ContentType.StartsWith("multipart/", StringComparison.Ordinal))
        {
            return new BinaryUpload(http, null, request.Cancellation);
        }

        var boundary = MediaTypeHeaderValue.TryParse(http.ContentType, out var type)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString()
            : "";
        return boundary.Length is > 0 and <= 200
            ? new BinaryUpload(http, new MultipartReader(boundary, http.Body), request.Cancellation)
            : throw new BadHttpRequestException("A form of several parts says its boundary.");
    }

    /// <summary>The file's bytes, from the first on, or null where there is no file.</summary>
    public async Task<Stream?> OpenAsync()
    {
        if (reader is null)
        {
            return request.Body;
        }

        while (await NextAsync() is { } section)
        {
            if (await ReadObjectAsync(section))
            {
                continue;
            }

            if (section.GetContentDispositionHeader() is { } disposition && disposition.Name.Value?.Trim('"') == "file")
            {
                fileName = NameOf(disposition);
                FileType = section.ContentType;
                return new PartStream(section.Body);
            }
        }

        return null;
    }

    /// <summary>Reads what comes behind the file.</summary>
    public async Task FinishAsync()
    {
        while (reader is not null && await NextAsync() is { } section)
        {
            await ReadObjectAsync(section);
        }
    }

    private async Task<MultipartSection?> NextAsync()
    {
        try
        {
            return await reader!.ReadNextSectionAsync(cancellation);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form ends before its last boundary.", broken);
        }
    }

    private async Task<bool> ReadObjectAsync(MultipartSection section)
    {
        if (section.GetContentDispositionHeader()?.Name.Value?.Trim('"') != "object")
        {
            return false;
        }

        using var buffer = new MemoryStream();
        var body = new PartStream(section.Body);
        var piece = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(piece, cancellation)) > 0; )
        {
            buffer.Write(piece, 0, read);
            if (buffer.Length > ObjectLimit)
            {
                throw new BodyTooLargeException(ObjectLimit);
            }
        }

        described = RequestBodies.ParseObject(buffer.ToArray());
        return true;
    }

    private static string? NameOf(ContentDispositionHeaderValue disposition)
    {
        var name = disposition.FileNameStar.HasValue
            ? disposition.FileNameStar.Value
            : HeaderUtilities.RemoveQuotes(disposition.FileName).Value;
        return string.IsNullOrEmpty(name) ? null : name;
    }

    /// <summary>A part of a form: one that breaks off is the client's fault.</summary>
    private sealed class PartStream(Stream inner) : Stream
    {
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
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException broken) when (broken is not BadHttpRequestException)
            {
                throw new BadHttpRequestException("The form ends before its last boundary.", broken);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
