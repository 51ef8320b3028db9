using System.Collections.Concurrent;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;

namespace Serverless.Domain.Commands;

/// <summary>
/// Gives the commands of bulk operations, one device after the other at the pace that each asks for, and ends those all of whose commands have ended. It may run on several instances at once: the
/// command of a device is named by the bulk operation and the device, so that it is given once whoever gives it.
/// </summary>
public sealed class BulkDispatcher
{
    private static readonly TimeSpan EndCheck = TimeSpan.FromSeconds(10);
    private const int PageSize = 100;
    private const int MostAtOnce = 200;

    private readonly BulkDirectory bulks;
    private readonly CommandDirectory commands;
    private readonly CommandAgents agents;
    private readonly DeviceDirectory devices;
    private readonly Links links;
    private readonly TenantDirectory tenants;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, byte> busy = new();

    public BulkDispatcher(
        BulkDirectory bulks,
        CommandDirectory commands,
        CommandAgents agents,
        DeviceDirectory devices,
        Links links,
        TenantDirectory tenants,
        TimeProvider time
    )
    {
        (this.bulks, this.commands, this.agents, this.devices) = (bulks, commands, agents, devices);
        (this.links, this.tenants, this.time) = (links, tenants, time);
        bulks.Queued += tenant => busy[tenant] = 0;
    }

    /// <summary>Does what is due for the tenants that this process knows to have open bulk operations.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var tenant in busy.Keys)
        {
            await RunAsync(tenant, cancellation);
        }
    }

    /// <summary>Does what is due for every tenant.</summary>
    public async Task RunAllAsync(CancellationToken cancellation)
    {
        await foreach (var tenant in tenants.AllAsync(cancellation))
        {
            await RunAsync(tenant.Value.Id, cancellation);
        }
    }

    private async Task RunAsync(string tenant, CancellationToken cancellation)
    {
        busy.TryRemove(tenant, out _);
        string? cursor = null;
        do
        {
            (var page, cursor) = await bulks.ListAsync(tenant, new Filter.Has("due"), PageSize, cursor, cancellation);
            foreach (var bulk in page)
            {
                busy[tenant] = 0;
                if (bulk.Value.Due <= time.GetUtcNow().ToUnixTimeMilliseconds())
                {
                    await RunAsync(tenant, bulk.Value, cancellation);
                }
            }
        } while (cursor is not null);
    }

    private async Task RunAsync(string tenant, BulkOperation bulk, CancellationToken cancellation)
    {
        if (bulk.Devices is null)
        {
            IReadOnlyList<string> found = [.. await FindDevicesAsync(tenant, bulk, cancellation)];
            bulk = await bulks.UpdateAsync(
                tenant,
                bulk.Id,
                known => known is { IsOpen: true, Devices: null } ? known with { Status = BulkStatus.InProgress, Devices = found } : known,
                cancellation
            );
        }

        if (!bulk.IsOpen || bulk.Devices is not { } all)
        {
            return;
        }

        var (given, skipped, due) = (bulk.Given, 0, bulk.Due ?? 0);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        while (given < all.Count && due <= now && given - bulk.Given < MostAtOnce)
        {
            skipped += await TryGiveAsync(tenant, bulk, all[given], cancellation) ? 0 : 1;
            given++;
            due += (long)(bulk.RampSeconds * 1000);
        }

        var isEnd = given == all.Count && await IsEndedAsync(tenant, bulk, cancellation);
        await bulks.UpdateAsync(
            tenant,
            bulk.Id,
            known =>
                !known.IsOpen || known.Given != bulk.Given || known.Due != bulk.Due
                    ? known
                    : known with
                    {
                        Given = given,
                        Skipped = known.Skipped + skipped,
                        Status = isEnd ? BulkStatus.Completed : known.Status,
                        Due =
                            isEnd ? null
                            : given == all.Count ? now + (long)EndCheck.TotalMilliseconds
                            : due,
                    },
            cancellation
        );
    }

    /// <returns>False where the device takes no commands, or is gone.</returns>
    private async Task<bool> TryGiveAsync(string tenant, BulkOperation bulk, string device, CancellationToken cancellation)
    {
        if (await devices.FindAsync(tenant, device, cancellation) is not { } twin)
        {
            return false;
        }

        var agent = await agents.FindAsync(tenant, twin.Value, cancellation);
        if (agent.Id is null)
        {
            return false;
        }

        var command = new NewCommand
        {
            Device = device,
            Dialect = bulk.Dialect,
            User = bulk.User,
            Payload = bulk.Prototype,
            Delivery = agent.WasConnected ? null : CommandDelivery.Collected,
            Endless = true,
            Bulk = bulk.Id,
            IdempotencyKey = $"bulk!{bulk.Id}!{device}",
        };
        try
        {
            await commands.CreateAsync(tenant, command, cancellation);
            return true;
        }
        catch (DomainException)
        {
            // It was deleted at this moment.
            return false;
        }
    }

    /// <summary>Each device once: the group's own and those of the groups in it, or those whose commands failed.</summary>
    private async Task<HashSet<string>> FindDevicesAsync(string tenant, BulkOperation bulk, CancellationToken cancellation)
    {
        var found = new HashSet<string>();
        if (bulk.Group is { } group)
        {
            await foreach (var member in links.DescendantsAsync(tenant, group, [Relation.Asset], cancellation))
            {
                if (await devices.FindAsync(tenant, member, cancellation) is { Value.IsAsset: false })
                {
                    found.Add(member);
                }
            }

            return found;
        }

        var failed = new CommandFilter { Bulk = bulk.FailedParent, Stage = CommandStage.Failed };
        string? cursor = null;
        do
        {
            (var page, cursor) = await commands.ListAsync(tenant, failed, descending: false, PageSize, cursor, cancellation);
            found.UnionWith(page.Select(command => command.Value.Device));
        } while (cursor is not null);

        return found;
    }

    private async Task<bool> IsEndedAsync(string tenant, BulkOperation bulk, CancellationToken cancellation)
    {
        var progress = await bulks.ProgressAsync(tenant, bulk, cancellation);
        return progress is { Pending: 0, Executing: 0 };
    }
}
