using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Cumulocity.Inventory.Objects;
using Serverless.Dialects.Cumulocity.Inventory.Queries;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Devices;
using Serverless.Domain.Documents;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory.Queries;

public class QueryTranslatorTests
{
    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf(
        Gen.Elements(QueryGenerators.Texts).Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Elements(0, 1, -1.5).Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Elements(true, false).Select(truth => (JsonNode?)JsonValue.Create(truth)),
        Gen.Constant<JsonNode?>(null)
    );

    private static readonly string[] Mirrored = ["c8y_Position", "c8y_Hardware", "c8y_Firmware"];

    // What is mirrored is an object: where it is none, the twin has nothing of it, until another door says otherwise.
    private static readonly Gen<JsonObject> Fragments =
        from free in Object(["x", "y", "c8y_IsDevice", "com_cumulocity_model_Agent"], 3)
        from names in Gen.Elements(Mirrored).ListOf().Resize(2)
        from values in Object(["x", "lat", "alt", "serialNumber", "revision", "version"], 1).ListOf(names.Distinct().Count())
        select new JsonObject([
            .. free.Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())),
            .. names.Distinct().Zip(values, (name, value) => KeyValuePair.Create(name, (JsonNode?)value.DeepClone())),
        ]);

    private static readonly Gen<DeviceTwin> Twins =
        from fragments in Fragments
        from name in Gen.Elements("a", "Ab", "-")
        from texts in Gen.Elements("a", "A", null).Two()
        from flags in Gen.Elements(true, false).Two()
        from place in Gen.Elements(null, new Location(1, -1.5), new Location(0, 0, 1))
        from parts in Gen.Elements("a", "ab", null).Three()
        from created in QueryGenerators.Times
        select new DeviceTwin
        {
            Id = "1",
            Uuid = Guid.Empty,
            Name = name,
            IsUnnamed = flags.Item1 ? true : null,
            IsAsset = flags.Item2,
            Type = texts.Item1,
            Owner = texts.Item2,
            Fragments = fragments,
            Location = place,
            SerialNumber = parts.Item1,
            Hardware = parts.Item2,
            Firmware = parts.Item3,
            Created = created,
            Updated = created,
        };

    /// <summary>A query finds by the store's filter what it finds by what the API shows.</summary>
    [Fact]
    public void A_query_means_what_is_shown() =>
        Prop.ForAll(
                (from twin in Twins from node in QueryGenerators.Node(2) select (twin, node)).ToArbitrary(),
                sample =>
                {
                    var shown = ManagedObjectJson.Of(sample.twin, new SelfUrls("http://h"));
                    var document = JsonSerializer.SerializeToElement(sample.twin, DeviceJson.Default.DeviceTwin);
                    var filter = new QueryTranslator(_ => []).Translate(sample.node);

                    var (found, expected) = (FilterEvaluator.Matches(filter, document), ShownObjectEvaluator.Matches(sample.node, shown));

                    Assert.True(found == expected, $"{sample.node} finds {found} in {document} and {expected} in {shown.ToJsonString()}");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static Gen<JsonNode?> Value(int depth) =>
        depth == 0
            ? Scalars
            : Gen.Frequency(
                (3, Scalars),
                (3, Object(["x", "y"], depth - 1).Select(value => (JsonNode?)value)),
                (
                    1,
                    Value(depth - 1)
                        .ListOf()
                        .Resize(3)
                        .Select(list => (JsonNode?)new JsonArray([.. list.Select(item => item?.DeepClone())]))
                )
            );

    private static Gen<JsonObject> Object(string[] names, int depth) =>
        from chosen in Gen.Elements(names).ListOf().Resize(4)
        from values in Value(depth).ListOf(chosen.Distinct().Count())
        select new JsonObject(chosen.Distinct().Zip(values, (name, value) => KeyValuePair.Create(name, value?.DeepClone())));
}
