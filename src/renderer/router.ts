/** The places of the window. Hash addresses, so that the same build works from app:// and from any HTTP prefix. */
import { createRouter, createWebHashHistory } from 'vue-router'
import HomeView from './views/HomeView.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'home', component: HomeView, meta: { title: 'Home' } },
    { path: '/label', name: 'label', component: () => import('./views/LabelView.vue'), meta: { title: 'Label' } },
    { path: '/crowd', name: 'crowd', component: () => import('./views/CrowdView.vue'), meta: { title: 'Crowd' } },
    { path: '/data', name: 'data', component: () => import('./views/DataView.vue'), meta: { title: 'Data' } },
    { path: '/train', name: 'train', component: () => import('./views/TrainView.vue'), meta: { title: 'Train' } },
    { path: '/attack', name: 'attack', component: () => import('./views/AttackView.vue'), meta: { title: 'Attack' } },
    {
      path: '/figures',
      name: 'figures',
      component: () => import('./views/FiguresView.vue'),
      meta: { title: 'Figures' },
    },
    {
      path: '/gallery',
      name: 'gallery',
      component: () => import('./views/GalleryView.vue'),
      meta: { title: 'Gallery' },
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.afterEach((to) => {
  document.title = to.meta.title === 'Home' ? 'Second Guess' : `${String(to.meta.title)} – Second Guess`
})
