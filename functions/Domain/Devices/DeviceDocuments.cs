using System.Text.Json.Nodes;
using Serverless.Domain.Documents;

namespace Serverless.Domain.Devices;

/// <summary>Documents of a kind that name their device by its id, and perhaps entries of another kind that name such a document.</summary>
/// <param name="store">The store.</param>
/// <param name="kind">The documents' kind.</param>
/// <param name="member">Their member that names the device.</param>
/// <param name="entries">The kind of the entries and their member that names the document, or null where there are none.</param>
public sealed class DeviceDocuments(IDocumentStore store, string kind, MemberPath member, (string Kind, MemberPath Member)? entries = null)
    : IDeviceData
{
    // Each may have an entry, and both are in one commit.
    private const int PageSize = IDocumentStore.MaxWrites / 2;

    public async Task EraseAsync(string tenant, DeviceTwin device, CancellationToken cancellation)
    {
        var query = new DocumentQuery(tenant, kind, Filter.Eq(member, JsonValue.Create(device.Id)), Limit: PageSize);
        while (await store.QueryAsync(query, cancellation) is { Items.Count: > 0 } page)
        {
            var writes = page.Items.Select(item => Deletion(item.Key)).ToList();
            writes.AddRange(await EntriesAsync(tenant, page.Items, cancellation));
            try
            {
                await store.CommitAsync(tenant, writes, cancellation);
            }
            catch (StoreConflictException)
            {
                // Somebody else has deleted one at this moment: look again.
            }
        }
    }

    private async Task<IEnumerable<DocumentWrite>> EntriesAsync(
        string tenant,
        IReadOnlyList<Document> documents,
        CancellationToken cancellation
    )
    {
        if (entries is not { } of)
        {
            return [];
        }

        var named = Filter.Any([.. documents.Select(item => Filter.Eq(of.Member, JsonValue.Create(item.Key.Id)))]);
        var found = await store.QueryAsync(new DocumentQuery(tenant, of.Kind, named, Limit: PageSize), cancellation);
        return found.Items.Select(item => Deletion(item.Key));
    }

    private static DocumentWrite Deletion(DocumentKey key) => new(WriteMode.Delete, key.Kind, key.Id);
}
