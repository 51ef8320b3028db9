using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Paging;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;
using Serverless.Local.Sqlite;

namespace Serverless.Benchmarks.Inventory;

/// <summary>An inventory of 100,000 objects in SQLite: how long pages of the lists take that Cumulocity's clients ask for, and whether deep ones take longer.</summary>
internal static class InventoryBenchmark
{
    private const int Objects = 100_000;
    private const int PageSize = 100;
    private const string Tenant = "t1";

    public static async Task RunAsync(TextWriter output)
    {
        using var folder = new ScratchFolder();
        await using var database = SqliteDatabase.Open(new SqliteOptions { Path = System.IO.Path.Combine(folder.Path, "cloud.db") });
        var store = new SqliteDocumentStore(database, TimeProvider.System);
        var devices = new DeviceDirectory(store, new Domain.Changes.ChangeLog(store, TimeProvider.System), TimeProvider.System);
        var started = Stopwatch.GetTimestamp();
        await FillAsync(store);
        output.WriteLine($"{Objects} objects written in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; pages of {PageSize}");
        output.WriteLine($"{"list", -46} {"matches", 8} {"first", 9} {"second", 9} {"last", 9} {"all pages", 10} {"count", 9}");

        await MeasureAsync(output, devices, "all", null);
        await MeasureAsync(output, devices, "type, every 2nd", Filter.Eq("type", JsonValue.Create("type0")));
        await MeasureAsync(output, devices, "type, every 1,000th", Filter.Eq("type", JsonValue.Create("rare")));
        await MeasureAsync(output, devices, "owner, every 10th", Filter.Eq("owner", JsonValue.Create("owner3")));
        await MeasureAsync(output, devices, "fragmentType, every 2nd", QueryTranslator.Has(new QueryPath("c8y_Common")));
        await MeasureAsync(output, devices, "fragmentType, every 1,000th", QueryTranslator.Has(new QueryPath("c8y_Rare")));
        await MeasureAsync(output, devices, "text", TextSearch.Filter("pump-00999"));
        foreach (
            var query in new[]
            {
                "name eq 'Pump-0009*'",
                "name eq 'Pump-000999'",
                "$filter=name eq 'pump-*99' $orderby=name asc",
                "$filter=has(c8y_Common) and type eq 'type0' $orderby=creationTime.date desc",
                "c8y_Position.lat gt 89f",
                "c8y_List.name eq 'x500'",
                "bygroupid(7)",
            }
        )
        {
            var read = QueryParser.Parse(query);
            await MeasureAsync(
                output,
                devices,
                query,
                new QueryTranslator(_ => []).Translate(read.Filter!),
                QueryTranslator.Translate(read.Order)
            );
        }
    }

    private static async Task FillAsync(SqliteDocumentStore store)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var from = 0; from < Objects; from += IDocumentStore.MaxWrites)
        {
            await store.CommitAsync(
                Tenant,
                [
                    .. Enumerable
                        .Range(from, IDocumentStore.MaxWrites)
                        .Select(number => Twin(number, start))
                        .Select(twin => new DocumentWrite(
                            WriteMode.Create,
                            Kinds.Device,
                            twin.Id,
                            DeviceJson.Default.DeviceTwin.ToBody(twin)
                        )),
                ],
                CancellationToken.None
            );
        }
    }

    private static DeviceTwin Twin(int number, DateTimeOffset start)
    {
        var fragments = new JsonObject
        {
            ["c8y_IsDevice"] = new JsonObject(),
            ["c8y_Position"] = new JsonObject { ["lat"] = number % 9000 / 100.0, ["lng"] = 7.5 },
            ["c8y_SupportedOperations"] = new JsonArray("c8y_Restart", "c8y_Command"),
            ["c8y_List"] = new JsonArray(new JsonObject { ["name"] = $"x{number % 1000}", ["version"] = "1.0" }),
        };
        if (number % 2 == 0)
        {
            fragments["c8y_Common"] = new JsonObject { ["a"] = number };
        }

        if (number % 1000 == 0)
        {
            fragments["c8y_Rare"] = new JsonObject();
        }

        return new DeviceTwin
        {
            Id = (100_000_000_000_000L + number).ToString(CultureInfo.InvariantCulture),
            Uuid = Guid.NewGuid(),
            Name = $"Pump-{number:000000}",
            Type = number % 1000 == 1 ? "rare" : $"type{number % 2}",
            Owner = $"owner{number % 10}",
            AssetParents = number % 500 == 7 ? ["7"] : [],
            ExternalIds = [new ExternalId("c8y_Serial", $"SN-{number}")],
            Fragments = fragments,
            Created = start.AddSeconds(number),
            Updated = start.AddSeconds(number),
        };
    }

    private static async Task MeasureAsync(
        TextWriter output,
        DeviceDirectory devices,
        string name,
        Filter? filter,
        IReadOnlyList<Ordering>? order = null
    )
    {
        var cursors = new PageCursors(TimeProvider.System);
        var (pages, all) = (new List<double>(), 0);
        for (var hasMore = true; hasMore; )
        {
            var started = Stopwatch.GetTimestamp();
            (var items, hasMore) = await cursors.ReadAsync(
                Tenant,
                name,
                (long)pages.Count * PageSize,
                PageSize,
                (limit, cursor) => devices.ListObjectsAsync(Tenant, filter, order, limit, cursor, CancellationToken.None)
            );
            pages.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            all += items.Count;
        }

        var counting = Stopwatch.GetTimestamp();
        await devices.CountObjectsAsync(Tenant, filter, CancellationToken.None);
        var count = Stopwatch.GetElapsedTime(counting).TotalMilliseconds;
        output.WriteLine(
            FormattableString.Invariant(
                $"{name, -46} {all, 8} {pages[0], 6:0.0} ms {pages[Math.Min(1, pages.Count - 1)], 6:0.0} ms {pages[^1], 6:0.0} ms {pages.Sum() / 1000, 8:0.0} s {count, 6:0.0} ms"
            )
        );
    }
}
