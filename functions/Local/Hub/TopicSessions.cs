using System.Security.Cryptography;
using System.Text;
using Serverless.Domain.Documents;
using Serverless.Local.Mqtt.Topics;

namespace Serverless.Local.Hub;

/// <summary>The persistent sessions of the dialects' clients, in the document store. A key is of any length, its document's id is the key's hash.</summary>
internal sealed class TopicSessions(IDocumentStore store)
{
    public async Task<IReadOnlyList<KeptSubscription>?> GetAsync(string key, CancellationToken cancellation)
    {
        var document = new DocumentKey(HubBackend.Partition, Kinds.TopicSession, Id(key));
        return (await store.GetAsync(document, HubJson.Default.TopicSessionDocument, cancellation))?.Value.Subscriptions;
    }

    public Task SaveAsync(
        string key,
        IReadOnlyList<KeptSubscription>? subscriptions,
        DateTimeOffset expires,
        CancellationToken cancellation
    )
    {
        if (subscriptions is null)
        {
            return HubBackend.DeleteAsync(store, Kinds.TopicSession, Id(key), cancellation);
        }

        var body = HubJson.Default.TopicSessionDocument.ToBody(new TopicSessionDocument(subscriptions));
        var write = new DocumentWrite(WriteMode.Upsert, Kinds.TopicSession, Id(key), body, Expires: expires);
        return store.CommitAsync(HubBackend.Partition, write, cancellation);
    }

    private static string Id(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
