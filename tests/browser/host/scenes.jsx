// The list of scenes and the page of one, with the places that plugins patch there.
import { useQuery } from "@apollo/client";
import React, { useState } from "react";
import { Card, Nav, Tab } from "react-bootstrap";
import { Link, useParams } from "react-router-dom";
import { component, container } from "./patching";
import { SceneDocument, ScenesDocument } from "./queries";

const nameOf = (scene) => scene.title || scene.files[0]?.path.split("/").pop() || scene.id;

const Overlays = component("SceneCard.Overlays", () => <div className="scene-specs-overlay" />);
const Image = component("SceneCard.Image", ({ scene }) => (
  <img className="scene-card-preview" alt="" src={scene.paths.screenshot} />
));
const Details = component("SceneCard.Details", ({ scene }) => (
  <div className="scene-card__date">{scene.date}</div>
));
const SceneCard = component("SceneCard", ({ scene }) => (
  <Card className="scene-card grid-card">
    <div className="thumbnail-section position-relative">
      <Link to={`/scenes/${scene.id}`} aria-label={nameOf(scene)}>
        <Image scene={scene} />
      </Link>
      <Overlays scene={scene} />
    </div>
    <div className="card-section">
      <h5 className="card-section-title">{nameOf(scene)}</h5>
      <Details scene={scene} />
    </div>
  </Card>
));

export function Scenes() {
  const { data } = useQuery(ScenesDocument, { fetchPolicy: "network-only" });
  return (
    <div className="row justify-content-center">
      {(data?.findScenes.scenes ?? []).map((scene) => (
        <SceneCard key={scene.id} scene={scene} />
      ))}
    </div>
  );
}

const Tabs = container("ScenePage.Tabs");
const TabContent = container("ScenePage.TabContent");

export function Scene() {
  const { id } = useParams();
  const { data } = useQuery(SceneDocument, { variables: { id }, fetchPolicy: "network-only" });
  const [active, setActive] = useState("scene-details-panel");
  const scene = data?.findScene;
  if (!scene) return null;
  return (
    <div className="row scene-page">
      <div className="scene-tabs order-xl-first order-last">
        <h3 className="scene-header">{nameOf(scene)}</h3>
        <Tab.Container activeKey={active} onSelect={(key) => key && setActive(key)}>
          <Nav variant="tabs" className="mr-auto">
            <Tabs scene={scene}>
              <Nav.Item>
                <Nav.Link eventKey="scene-details-panel">Details</Nav.Link>
              </Nav.Item>
              <Nav.Item>
                <Nav.Link eventKey="scene-file-info-panel">File Info</Nav.Link>
              </Nav.Item>
            </Tabs>
          </Nav>
          <Tab.Content>
            <TabContent scene={scene}>
              <Tab.Pane eventKey="scene-details-panel">{scene.details}</Tab.Pane>
              <Tab.Pane eventKey="scene-file-info-panel">{scene.files[0]?.path}</Tab.Pane>
            </TabContent>
          </Tab.Content>
        </Tab.Container>
      </div>
      <div className="scene-player-container" />
    </div>
  );
}
