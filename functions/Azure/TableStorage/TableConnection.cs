using Azure.Core.Pipeline;

namespace Serverless.Azure.TableStorage;

/// <summary>An account's endpoint and how to prove that one may use it.</summary>
/// <param name="Service">The endpoint; where it has a path, as Azurite's, that is the account's name.</param>
/// <param name="Authentication">Signs a request, on each attempt.</param>
internal sealed record TableConnection(Uri Service, HttpPipelinePolicy Authentication)
{
    /// <summary>Azurite's account and key, which are the same everywhere: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite.</summary>
    private const string Development =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1";

    /// <param name="connectionString">Pairs of names and values between semicolons: https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string.</param>
    /// <exception cref="FormatException">It lacks the account, its key or signature, or the endpoint. The message has nothing of its values.</exception>
    public static TableConnection Parse(string connectionString)
    {
        var values = Split(connectionString);
        if (values.TryGetValue("UseDevelopmentStorage", out var development) && bool.TryParse(development, out var use) && use)
        {
            values = Split(Development);
        }

        var service = EndpointOf(values);
        if (values.TryGetValue("SharedAccessSignature", out var signature))
        {
            return new TableConnection(service, new SignatureInQueryPolicy(signature.TrimStart('?')));
        }

        return values.TryGetValue("AccountName", out var account) && values.TryGetValue("AccountKey", out var key)
            ? new TableConnection(service, new SharedKeyPolicy(account, KeyOf(key)))
            : throw Wrong("has neither AccountName and AccountKey nor SharedAccessSignature");
    }

    private static Uri EndpointOf(Dictionary<string, string> values)
    {
        if (values.TryGetValue("TableEndpoint", out var endpoint))
        {
            return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) ? uri : throw Wrong("has a TableEndpoint that is no URI");
        }

        return values.TryGetValue("AccountName", out var account)
            ? new Uri(
                $"{values.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.table.{values.GetValueOrDefault("EndpointSuffix", "core.windows.net")}"
            )
            : throw Wrong("has neither TableEndpoint nor AccountName");
    }

    private static byte[] KeyOf(string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : throw Wrong("has an AccountKey that is not base64");
    }

    private static Dictionary<string, string> Split(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1], StringComparer.OrdinalIgnoreCase);

    private static FormatException Wrong(string what) => new($"The connection string of Table Storage {what}.");
}
