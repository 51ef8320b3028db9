using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Serverless.App.Triggers;

/// <summary>
/// Tells the Functions host's own invocations from requests that it passes on. The host POSTs a trigger to the function's name on the port where it also proxies
/// HTTP, so an outsider could send the same; but whatever it proxies carries x-ms-invocation-id, which it sets itself, and an invocation never does.
/// </summary>
internal static class HostInvocation
{
    private const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>The port on which the host expects this process, or null where no host started it. Without a host no function is mapped at all.</summary>
    public static int? Port => int.TryParse(Environment.GetEnvironmentVariable(PortVariable), out var port) ? port : null;

    public static bool IsGenuine(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && !request.Headers.ContainsKey("x-ms-invocation-id")
        && !request.Headers.ContainsKey("X-Forwarded-For")
        && request.Headers.ContainsKey("X-Azure-Functions-InvocationId")
        && request.Headers.UserAgent.ToString().StartsWith("Azure-Functions-Host/", StringComparison.Ordinal);

    /// <summary>Reads an invocation's envelope, however long: a batch of binary events in base64 is larger than Kestrel's default of 30 MB.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Answers an invocation with an empty object: an empty answer would hang the host.</summary>
    public static Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync("{}", context.RequestAborted);
    }
}
