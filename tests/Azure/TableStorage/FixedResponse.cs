using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace Serverless.Azure.Tests.TableStorage;

/// <summary>A response that no server sent.</summary>
internal sealed class FixedResponse(int status, string body, params (string Name, string Value)[] headers) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; } = new MemoryStream(Encoding.UTF8.GetBytes(body));

    public override string ClientRequestId { get; set; } = "";

    /// <summary>As the service words it: https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2.</summary>
    public static FixedResponse Error(int status, string code, params (string Name, string Value)[] headers) =>
        new(status, Body(code), [.. headers, ("x-ms-error-code", code)]);

    /// <summary>The answer to a transaction of which an operation was refused.</summary>
    public static FixedResponse InTransaction(int status, string code) =>
        new(
            202,
            $$$"""
            --batchresponse_1
            Content-Type: multipart/mixed; boundary=changesetresponse_1

            --changesetresponse_1
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            HTTP/1.1 {{{status}}} Refused
            Content-Type: application/json;odata=minimalmetadata;streaming=true;charset=utf-8

            {{{Body(code)}}}
            --changesetresponse_1--
            --batchresponse_1--
            """,
            ("Content-Type", "multipart/mixed; boundary=batchresponse_1")
        );

    private static string Body(string code) =>
        """{"odata.error":{"code":"CODE","message":{"lang":"en-US","value":"0:Said by a test."}}}""".Replace(
            "CODE",
            code,
            StringComparison.Ordinal
        );

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(header => new HttpHeader(header.Name, header.Value));

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = Array.Find(headers, header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
