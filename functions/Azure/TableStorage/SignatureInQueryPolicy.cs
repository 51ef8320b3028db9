using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.TableStorage;

/// <summary>Appends a shared access signature to each request's query, once however often it is sent. Azure.Core's log shows no query parameter but the API's version.</summary>
internal sealed class SignatureInQueryPolicy(string signature) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var uri = message.Request.Uri;
        if (!uri.Query.EndsWith(signature, StringComparison.Ordinal))
        {
            uri.Query = uri.Query.Length > 1 ? $"{uri.Query}&{signature}" : $"?{signature}";
        }
    }
}
