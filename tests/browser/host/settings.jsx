// The settings: the rows of each plugin, and the tools, whose section Stash shows twice.
import { useMutation, useQuery } from "@apollo/client";
import React from "react";
import { Card, Form, Nav } from "react-bootstrap";
import { Link, useLocation } from "react-router-dom";
import { component, container } from "./patching";
import { ConfigurationDocument, ConfigurePluginDocument, PluginsDocument } from "./queries";

const ToolsSection = container("SettingsToolsSection");

const Setting = component("Setting", ({ heading, subHeading, children }) => (
  <div className="setting">
    <div>
      <h3>{heading}</h3>
      <div className="sub-heading">{subHeading}</div>
    </div>
    <div>{children}</div>
  </div>
));

const PluginSettings = component("PluginSettings", ({ pluginID, settings }) => {
  const { data } = useQuery(ConfigurationDocument);
  const [configure] = useMutation(ConfigurePluginDocument, {
    refetchQueries: [{ query: ConfigurationDocument }],
  });
  const stored = data?.configuration.plugins[pluginID] ?? {};
  const save = (name, value) =>
    configure({ variables: { plugin_id: pluginID, input: { ...stored, [name]: value } } });
  return (
    <div className="plugin-settings">
      {settings.map((one) => (
        <Setting key={one.name} heading={one.display_name} subHeading={one.description}>
          {one.type === "BOOLEAN" ? (
            <Form.Switch
              id={`${pluginID}-${one.name}`}
              label=""
              aria-label={one.display_name}
              checked={stored[one.name] ?? false}
              onChange={() => save(one.name, !stored[one.name])}
            />
          ) : (
            <output data-setting={one.name}>{stored[one.name] ?? ""}</output>
          )}
        </Setting>
      ))}
    </div>
  );
});

function Plugins() {
  const { data } = useQuery(PluginsDocument);
  return (data?.plugins ?? []).map((plugin) => (
    <Card key={plugin.id} data-plugin={plugin.id}>
      <Setting heading={`${plugin.name} (${plugin.version})`} />
      <PluginSettings pluginID={plugin.id} settings={plugin.settings ?? []} />
    </Card>
  ));
}

function Tools() {
  return (
    <>
      <h1>Tools</h1>
      <Card>
        <ToolsSection>
          <Setting heading="Playground" />
        </ToolsSection>
      </Card>
      <h1>Scene Tools</h1>
      <Card>
        <ToolsSection>
          <Setting heading="Scene Filename Parser" />
        </ToolsSection>
      </Card>
    </>
  );
}

export function Settings() {
  const tab = new URLSearchParams(useLocation().search).get("tab") ?? "plugins";
  return (
    <div className="row">
      <Nav variant="pills" className="col-sm-3 flex-column">
        <Link to="/settings?tab=plugins">Plugins</Link>
        <Link to="/settings?tab=tools">Tools</Link>
      </Nav>
      <div className="col-sm-9 col-xl-7 settings-section">
        {tab === "tools" ? <Tools /> : <Plugins />}
      </div>
    </div>
  );
}
