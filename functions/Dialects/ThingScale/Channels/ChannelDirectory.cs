using System.Text.Json.Nodes;
using Serverless.Dialects.ThingScale.Devices;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.ThingScale.Channels;

/// <summary>A tenant's channels and the names of their tags, in documents of their own kind.</summary>
internal sealed class ChannelDirectory(IDocumentStore store, DeviceService devices, DeviceDirectory directory, TimeProvider time)
{
    private const int PageSize = 100;

    /// <exception cref="ThingScaleException">NO_CHANNEL: there is no such channel, or it has no such tag.</exception>
    public async Task<Stored<ThingScaleChannel>> GetAsync(string tenant, int number, string? tag, CancellationToken cancellation) =>
        await FindAsync(tenant, number, tag, cancellation) ?? throw ThingScaleError.NoChannel.Refused();

    public ValueTask<Stored<ThingScaleChannel>?> FindAsync(string tenant, int number, string? tag, CancellationToken cancellation) =>
        store.GetAsync(
            new DocumentKey(tenant, Kinds.ThingScaleChannel, Id(number, tag)),
            ThingScaleJson.Default.ThingScaleChannel,
            cancellation
        );

    /// <summary>Channels and their named tags: all, or those of one channel; each channel before its tags.</summary>
    public IAsyncEnumerable<Stored<ThingScaleChannel>> ListAsync(string tenant, int? number, CancellationToken cancellation)
    {
        var filter = number is { } one ? Filter.Eq("number", JsonValue.Create(one)) : null;
        var query = new DocumentQuery(tenant, Kinds.ThingScaleChannel, filter, Limit: PageSize);
        return store.QueryAllAsync(query, ThingScaleJson.Default.ThingScaleChannel, cancellation);
    }

    /// <exception cref="ThingScaleException">CHANNEL_INUSE: it is there already.</exception>
    public async Task<ThingScaleChannel> CreateAsync(string tenant, int number, string? tag, string? name, CancellationToken cancellation)
    {
        var channel = new ThingScaleChannel(number, tag, name ?? ThingScaleChannel.DefaultName(number), time.GetUtcNow());
        try
        {
            await WriteAsync(tenant, WriteMode.Create, channel, null, cancellation);
            return channel;
        }
        catch (StoreConflictException)
        {
            throw ThingScaleError.ChannelInUse.Refused();
        }
    }

    /// <exception cref="ThingScaleException">NO_CHANNEL.</exception>
    public async Task<ThingScaleChannel> RenameAsync(string tenant, int number, string? tag, string name, CancellationToken cancellation)
    {
        while (true)
        {
            var old = await GetAsync(tenant, number, tag, cancellation);
            var channel = old.Value with { Name = name, Updated = time.GetUtcNow() };
            try
            {
                await WriteAsync(tenant, WriteMode.Replace, channel, old.ETag, cancellation);
                return channel;
            }
            catch (StoreConflictException)
            {
                // Somebody else renamed or deleted it at this moment: look again.
            }
        }
    }

    /// <summary>
    /// Deletes a channel with its tags, and leaves the devices that were mapped to it mapped to none; or deletes a tag's name. Rows stay with their devices.
    /// </summary>
    /// <exception cref="ThingScaleException">NO_CHANNEL.</exception>
    public async Task DeleteAsync(string tenant, int number, string? tag, CancellationToken cancellation)
    {
        await GetAsync(tenant, number, tag, cancellation);
        if (tag is null)
        {
            await UnmapAsync(tenant, number, cancellation);
        }

        var ids = new List<string>();
        await foreach (var channel in ListAsync(tenant, number, cancellation))
        {
            if (tag is null || channel.Value.Tag == tag)
            {
                ids.Add(Id(number, channel.Value.Tag));
            }
        }

        // The channel itself goes last, so that a deletion that dies half-way can be asked for again.
        ids.Reverse();
        foreach (var id in ids)
        {
            try
            {
                await store.CommitAsync(tenant, new DocumentWrite(WriteMode.Delete, Kinds.ThingScaleChannel, id), cancellation);
            }
            catch (StoreConflictException)
            {
                // It is gone already.
            }
        }
    }

    private async Task UnmapAsync(string tenant, int number, CancellationToken cancellation)
    {
        var mapped = new List<string>();
        string? cursor = null;
        do
        {
            (var page, cursor) = await directory.ListAsync(
                tenant,
                ThingScaleFragment.IsMappedTo(number),
                null,
                PageSize,
                cursor,
                cancellation
            );
            mapped.AddRange(page.Select(device => device.Value.Id));
        } while (cursor is not null);

        foreach (var id in mapped)
        {
            await devices.UpdateAsync(
                tenant,
                id,
                twin =>
                {
                    var fragment = ThingScaleFragment.Of(twin);
                    return fragment.MappedChannel == number ? (fragment with { MappedChannel = null }).On(twin) : twin;
                },
                null,
                cancellation
            );
        }
    }

    private Task<string?> WriteAsync(string tenant, WriteMode mode, ThingScaleChannel channel, string? etag, CancellationToken cancellation)
    {
        var body = ThingScaleJson.Default.ThingScaleChannel.ToBody(channel);
        var write = new DocumentWrite(mode, Kinds.ThingScaleChannel, Id(channel.Number, channel.Tag), body, etag);
        return store.CommitAsync(tenant, write, cancellation);
    }

    // Ten digits, so that the order of ids, which every store has, is that of numbers.
    private static string Id(int number, string? tag) => tag is null ? $"{number:D10}" : $"{number:D10}!{Uri.EscapeDataString(tag)}";
}
