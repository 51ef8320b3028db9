using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Azure.TableStorage;

/// <summary>Signs requests with the account's key, in the scheme SharedKeyLite of Table Storage.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#shared-key-lite-and-table-service-format. Dates expire, so each attempt has its own.</remarks>
internal sealed class SharedKeyPolicy(string account, byte[] key) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = DateTimeOffset.UtcNow.ToString("R");
        request.Headers.SetValue("x-ms-date", date);
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{date}\n/{account}{request.Uri.ToUri().AbsolutePath}"));
        request.Headers.SetValue(HttpHeader.Names.Authorization, $"SharedKeyLite {account}:{Convert.ToBase64String(signature)}");
    }
}
