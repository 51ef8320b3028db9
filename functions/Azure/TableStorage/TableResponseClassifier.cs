using Azure.Core;

namespace Serverless.Azure.TableStorage;

/// <summary>Tells the pipeline what to try again: 408, 429 and 5xx, also where they stand inside the answer of a transaction whose own status is 202.</summary>
internal sealed class TableResponseClassifier : ResponseClassifier
{
    public override bool IsRetriableResponse(HttpMessage message) =>
        base.IsRetriableResponse(message)
        || (message.Response.Status == TransactionAnswer.Accepted && IsAway(TransactionAnswer.Read(message.Response.Content)?.Status ?? 0));

    /// <summary>Whether a status says that the service cannot answer now.</summary>
    public static bool IsAway(int status) => status is 408 or 429 or >= 500;
}
