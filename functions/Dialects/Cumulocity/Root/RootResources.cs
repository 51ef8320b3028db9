namespace Serverless.Dialects.Cumulocity.Root;

/// <summary>The parts of the API, with the members that the official OpenAPI document lists.</summary>
internal static class RootResources
{
    public static IReadOnlyList<RootResource> All { get; } =
    [
        Of("/alarm", "alarm", "alarms", "Source", "Status", "Source+Status+Time", "Status+Time", "Source+Time", "Time", "Source+Status"),
        Of(
            "/audit",
            "audit",
            "auditRecords",
            "Application",
            "Type",
            "User",
            "Type+Application",
            "Type+User+Application",
            "User+Application",
            "User+Type"
        ),
        new(
            "/devicecontrol",
            "deviceControl",
            "devicecontrolapi",
            [("operations", "/operations", "operations")],
            [
                ("operationsByStatus", "/operations?status={status}"),
                ("operationsByAgentId", "/operations?agentId={agentId}"),
                ("operationsByAgentIdAndStatus", "/operations?agentId={agentId}&status={status}"),
                ("operationsByDeviceId", "/operations?deviceId={deviceId}"),
                ("operationsByDeviceIdAndStatus", "/operations?deviceId={deviceId}&status={status}"),
            ]
        ),
        Of("/event", "event", "events", "Source", "Source+Type", "Type", "FragmentType", "Time", "Source+Time"),
        new(
            "/identity",
            "identity",
            "identityapi",
            [],
            [("externalId", "/externalIds/{type}/{externalId}"), ("externalIdsOfGlobalId", "/globalIds/{globalId}/externalIds")]
        ),
        new(
            "/inventory",
            "inventory",
            "inventoryapi",
            [("managedObjects", "/managedObjects", "references")],
            [
                ("managedObjectsForFragmentType", "/managedObjects?fragmentType={fragmentType}"),
                ("managedObjectsForType", "/managedObjects?type={type}"),
                ("managedObjectsForListOfIds", "/managedObjects?ids={ids}"),
            ]
        ),
        Measurements,
        new(
            "/tenant",
            "tenant",
            "tenantapi",
            [("options", "/options", "options"), ("tenants", "/tenants", "tenants")],
            [
                ("tenantApplications", "/tenants/{tenantId}/applications"),
                ("tenantApplicationForId", "/tenants/{tenantId}/applications/{applicationId}"),
                ("tenantForId", "/tenants/{tenantId}"),
                ("tenantOptionsForCategory", "/options/{category}"),
                ("tenantOptionForCategoryAndKey", "/options/{category}/{key}"),
                ("tenantSystemOptions", "/system/options"),
                ("tenantSystemOptionsForCategoryAndKey", "/system/options/{category}/{key}"),
            ]
        ),
        new(
            "/user",
            "user",
            "userapi",
            [],
            [
                ("users", "/{tenantId}/users"),
                ("userByName", "/{tenantId}/userByName/{username}"),
                ("currentUser", "/currentUser"),
                ("groups", "/{tenantId}/groups"),
                ("groupByName", "/{tenantId}/groupByName/{groupName}"),
                ("roles", "/roles"),
            ]
        ),
        new(
            "/notification2",
            null,
            "notificationapi",
            [("notificationSubscriptions", "/subscriptions", "subscriptions")],
            [
                ("notificationSubscriptionsBySource", "/subscriptions?source={source}"),
                ("notificationSubscriptionsBySourceAndContext", "/subscriptions?source={source}&context={context}"),
                ("notificationSubscriptionsByContext", "/subscriptions?context={context}"),
            ]
        ),
    ];

    private static RootResource Measurements =>
        Of(
            "/measurement",
            "measurement",
            "measurements",
            "Source",
            "Source+Type",
            "Type",
            "ValueFragmentType",
            "Date",
            "Source+Date",
            "Date+FragmentType"
        )
            is var plain
            ? plain with
            {
                Links =
                [
                    .. plain.Links,
                    (
                        "measurementsForSourceAndValueFragmentTypeAndValueFragmentSeries",
                        "/measurements?source={source}&valueFragmentType={valueFragmentType}&valueFragmentSeries={valueFragmentSeries}&type={type}"
                    ),
                ],
            }
            : plain;

    /// <summary>A part with one collection, whose links are called after the filters that they have, such as eventsForSourceAndTime.</summary>
    private static RootResource Of(string path, string member, string collection, params string[] filters) =>
        new(
            path,
            member,
            $"{member}api",
            [(collection, $"/{collection}", collection)],
            [
                .. filters.Select(filter =>
                    (
                        $"{collection}For{filter.Replace("+", "And", StringComparison.Ordinal)}",
                        $"/{collection}?{string.Join('&', filter.Split('+').Select(Parameter))}"
                    )
                ),
            ]
        );

    private static string Parameter(string filter)
    {
        if (filter is "Time" or "Date")
        {
            return "dateFrom={dateFrom}&dateTo={dateTo}";
        }

        var name = char.ToLowerInvariant(filter[0]) + filter[1..];
        return $"{name}={{{name}}}";
    }
}
